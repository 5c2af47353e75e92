/** Members of the Québec shops: ISO-8859-1, semicolons, decimal commas, a word that clears an address line. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'fabric-sandbox',
  operation: 'fabric.member',
  owner: 'magasins@example.com',
  description: 'Members of the Québec shops',
  source: local('inbox/quebec/clients_*.csv'),
  format: { delimiter: ';', encoding: 'iso-8859-1' },
  version: { from: 'modifie_le', format: 'yyyy-MM-dd HH:mm', zone: 'America/Toronto' },

  columns: {
    profileId: { from: 'no_client', via: 'crosswalk' },
    firstName: { from: 'prenom' },
    lastName: { from: 'nom' },
    gender: { from: 'sexe', map: { F: 'Female', M: 'Male', X: 'Other' } },
    birthDate: { from: 'naissance', format: 'dd/MM/yyyy' },
    emailAddress: { from: 'courriel', case: 'lower' },
    phoneNumber: { from: 'telephone' },
    // An empty cell leaves a field alone. Clearing takes a word of its own, and only these lines can be cleared.
    addressLine1: { from: 'adresse1' },
    addressLine2: { from: 'adresse2', clear: ['(effacer)'] },
    city: { from: 'ville' },
    // QC and CA go out as the names that fabric wants: Quebec, Canada. `asIs: true` would leave them as they are.
    region: { from: 'province' },
    postalCode: { from: 'code_postal', case: 'upper' },
    country: { from: 'pays' },
    redemptionThreshold: { from: 'seuil', decimal: ',', thousands: ' ' },
    customAttributes: { langue: { from: 'langue' }, magasin: { from: 'magasin' } },
  },
  // The dictionary of own attributes is sent whole.
  complete: true,
  thresholds: { intake: { stop: 1000 } },
});
