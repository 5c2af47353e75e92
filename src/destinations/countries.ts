/**
 * Codes of countries and regions, and the names that fabric takes (docs/platforms/fabric.md#update-a-member). ISO 3166-1 and, for US, CA and MX, ISO 3166-2, under their common English names; the US list with the
 * postal service's armed forces codes, the Mexican one with the capital's former codes. Part of the program, so that
 * the same row gives the same request on every machine.
 */

const countries = `
  AD AND Andorra; AE ARE United Arab Emirates; AF AFG Afghanistan; AG ATG Antigua and Barbuda;
  AI AIA Anguilla; AL ALB Albania; AM ARM Armenia; AO AGO Angola; AQ ATA Antarctica; AR ARG Argentina;
  AS ASM American Samoa; AT AUT Austria; AU AUS Australia; AW ABW Aruba; AX ALA Åland Islands;
  AZ AZE Azerbaijan; BA BIH Bosnia and Herzegovina; BB BRB Barbados; BD BGD Bangladesh; BE BEL Belgium;
  BF BFA Burkina Faso; BG BGR Bulgaria; BH BHR Bahrain; BI BDI Burundi; BJ BEN Benin;
  BL BLM Saint Barthélemy; BM BMU Bermuda; BN BRN Brunei; BO BOL Bolivia; BQ BES Caribbean Netherlands;
  BR BRA Brazil; BS BHS Bahamas; BT BTN Bhutan; BV BVT Bouvet Island; BW BWA Botswana; BY BLR Belarus;
  BZ BLZ Belize; CA CAN Canada; CC CCK Cocos (Keeling) Islands; CD COD Democratic Republic of the Congo;
  CF CAF Central African Republic; CG COG Republic of the Congo; CH CHE Switzerland;
  CI CIV Côte d'Ivoire; CK COK Cook Islands; CL CHL Chile; CM CMR Cameroon; CN CHN China;
  CO COL Colombia; CR CRI Costa Rica; CU CUB Cuba; CV CPV Cape Verde; CW CUW Curaçao;
  CX CXR Christmas Island; CY CYP Cyprus; CZ CZE Czechia; DE DEU Germany; DJ DJI Djibouti;
  DK DNK Denmark; DM DMA Dominica; DO DOM Dominican Republic; DZ DZA Algeria; EC ECU Ecuador;
  EE EST Estonia; EG EGY Egypt; EH ESH Western Sahara; ER ERI Eritrea; ES ESP Spain; ET ETH Ethiopia;
  FI FIN Finland; FJ FJI Fiji; FK FLK Falkland Islands; FM FSM Micronesia; FO FRO Faroe Islands;
  FR FRA France; GA GAB Gabon; GB GBR United Kingdom; GD GRD Grenada; GE GEO Georgia;
  GF GUF French Guiana; GG GGY Guernsey; GH GHA Ghana; GI GIB Gibraltar; GL GRL Greenland; GM GMB Gambia;
  GN GIN Guinea; GP GLP Guadeloupe; GQ GNQ Equatorial Guinea; GR GRC Greece;
  GS SGS South Georgia and the South Sandwich Islands; GT GTM Guatemala; GU GUM Guam;
  GW GNB Guinea-Bissau; GY GUY Guyana; HK HKG Hong Kong; HM HMD Heard Island and McDonald Islands;
  HN HND Honduras; HR HRV Croatia; HT HTI Haiti; HU HUN Hungary; ID IDN Indonesia; IE IRL Ireland;
  IL ISR Israel; IM IMN Isle of Man; IN IND India; IO IOT British Indian Ocean Territory; IQ IRQ Iraq;
  IR IRN Iran; IS ISL Iceland; IT ITA Italy; JE JEY Jersey; JM JAM Jamaica; JO JOR Jordan; JP JPN Japan;
  KE KEN Kenya; KG KGZ Kyrgyzstan; KH KHM Cambodia; KI KIR Kiribati; KM COM Comoros;
  KN KNA Saint Kitts and Nevis; KP PRK North Korea; KR KOR South Korea; KW KWT Kuwait;
  KY CYM Cayman Islands; KZ KAZ Kazakhstan; LA LAO Laos; LB LBN Lebanon; LC LCA Saint Lucia;
  LI LIE Liechtenstein; LK LKA Sri Lanka; LR LBR Liberia; LS LSO Lesotho; LT LTU Lithuania;
  LU LUX Luxembourg; LV LVA Latvia; LY LBY Libya; MA MAR Morocco; MC MCO Monaco; MD MDA Moldova;
  ME MNE Montenegro; MF MAF Saint Martin; MG MDG Madagascar; MH MHL Marshall Islands;
  MK MKD North Macedonia; ML MLI Mali; MM MMR Myanmar; MN MNG Mongolia; MO MAC Macao;
  MP MNP Northern Mariana Islands; MQ MTQ Martinique; MR MRT Mauritania; MS MSR Montserrat; MT MLT Malta;
  MU MUS Mauritius; MV MDV Maldives; MW MWI Malawi; MX MEX Mexico; MY MYS Malaysia; MZ MOZ Mozambique;
  NA NAM Namibia; NC NCL New Caledonia; NE NER Niger; NF NFK Norfolk Island; NG NGA Nigeria;
  NI NIC Nicaragua; NL NLD Netherlands; NO NOR Norway; NP NPL Nepal; NR NRU Nauru; NU NIU Niue;
  NZ NZL New Zealand; OM OMN Oman; PA PAN Panama; PE PER Peru; PF PYF French Polynesia;
  PG PNG Papua New Guinea; PH PHL Philippines; PK PAK Pakistan; PL POL Poland;
  PM SPM Saint Pierre and Miquelon; PN PCN Pitcairn; PR PRI Puerto Rico; PS PSE Palestine;
  PT PRT Portugal; PW PLW Palau; PY PRY Paraguay; QA QAT Qatar; RE REU Réunion; RO ROU Romania;
  RS SRB Serbia; RU RUS Russia; RW RWA Rwanda; SA SAU Saudi Arabia; SB SLB Solomon Islands;
  SC SYC Seychelles; SD SDN Sudan; SE SWE Sweden; SG SGP Singapore;
  SH SHN Saint Helena, Ascension and Tristan da Cunha; SI SVN Slovenia; SJ SJM Svalbard and Jan Mayen;
  SK SVK Slovakia; SL SLE Sierra Leone; SM SMR San Marino; SN SEN Senegal; SO SOM Somalia;
  SR SUR Suriname; SS SSD South Sudan; ST STP São Tomé and Príncipe; SV SLV El Salvador;
  SX SXM Sint Maarten; SY SYR Syria; SZ SWZ Eswatini; TC TCA Turks and Caicos Islands; TD TCD Chad;
  TF ATF French Southern Territories; TG TGO Togo; TH THA Thailand; TJ TJK Tajikistan; TK TKL Tokelau;
  TL TLS Timor-Leste; TM TKM Turkmenistan; TN TUN Tunisia; TO TON Tonga; TR TUR Türkiye;
  TT TTO Trinidad and Tobago; TV TUV Tuvalu; TW TWN Taiwan; TZ TZA Tanzania; UA UKR Ukraine;
  UG UGA Uganda; UM UMI United States Minor Outlying Islands; US USA United States; UY URY Uruguay;
  UZ UZB Uzbekistan; VA VAT Vatican City; VC VCT Saint Vincent and the Grenadines; VE VEN Venezuela;
  VG VGB British Virgin Islands; VI VIR U.S. Virgin Islands; VN VNM Vietnam; VU VUT Vanuatu;
  WF WLF Wallis and Futuna; WS WSM Samoa; YE YEM Yemen; YT MYT Mayotte; ZA ZAF South Africa;
  ZM ZMB Zambia; ZW ZWE Zimbabwe`;

const regions = {
  US: `
  AA Armed Forces Americas; AE Armed Forces Europe; AK Alaska; AL Alabama; AP Armed Forces Pacific;
  AR Arkansas; AS American Samoa; AZ Arizona; CA California; CO Colorado; CT Connecticut;
  DC District of Columbia; DE Delaware; FL Florida; GA Georgia; GU Guam; HI Hawaii; IA Iowa; ID Idaho;
  IL Illinois; IN Indiana; KS Kansas; KY Kentucky; LA Louisiana; MA Massachusetts; MD Maryland; ME Maine;
  MI Michigan; MN Minnesota; MO Missouri; MP Northern Mariana Islands; MS Mississippi; MT Montana;
  NC North Carolina; ND North Dakota; NE Nebraska; NH New Hampshire; NJ New Jersey; NM New Mexico;
  NV Nevada; NY New York; OH Ohio; OK Oklahoma; OR Oregon; PA Pennsylvania; PR Puerto Rico;
  RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee; TX Texas;
  UM United States Minor Outlying Islands; UT Utah; VA Virginia; VI U.S. Virgin Islands; VT Vermont;
  WA Washington; WI Wisconsin; WV West Virginia; WY Wyoming`,
  CA: `
  AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador;
  NS Nova Scotia; NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec;
  SK Saskatchewan; YT Yukon`,
  MX: `
  AGU Aguascalientes; BCN Baja California; BCS Baja California Sur; CAM Campeche; CHH Chihuahua;
  CHP Chiapas; CMX Ciudad de México; COA Coahuila; COL Colima; DF Ciudad de México; DIF Ciudad de México;
  DUR Durango; GRO Guerrero; GUA Guanajuato; HID Hidalgo; JAL Jalisco; MEX México; MIC Michoacán;
  MOR Morelos; NAY Nayarit; NLE Nuevo León; OAX Oaxaca; PUE Puebla; QUE Querétaro; ROO Quintana Roo;
  SIN Sinaloa; SLP San Luis Potosí; SON Sonora; TAB Tabasco; TAM Tamaulipas; TLA Tlaxcala; VER Veracruz;
  YUC Yucatán; ZAC Zacatecas`,
} as const;

type Home = keyof typeof regions;

const countryByCode = new Map(
  entries(countries).flatMap(([alpha2, rest]) => {
    const [alpha3, name] = split(rest);
    return [
      [alpha2, { alpha2, name }],
      [alpha3, { alpha2, name }],
    ];
  }),
);
const alpha2ByName = new Map(
  [...countryByCode.values()].map(({ alpha2, name }) => [name.toUpperCase(), alpha2]),
);
const regionsOf: Readonly<Record<Home, ReadonlyMap<string, string>>> = {
  US: new Map(entries(regions.US)),
  CA: new Map(entries(regions.CA)),
  MX: new Map(entries(regions.MX)),
};

/** 'US', 'usa' -> 'United States'; anything that is no ISO code comes back as it is. */
export function countryName(text: string): string {
  return countryByCode.get(text.toUpperCase())?.name ?? text;
}

/**
 * 'WA' -> 'Washington', 'CA-BC' -> 'British Columbia'. `country` is the code or name beside it; without one a code is
 * looked up in all three lists, which share none. A code of another country, or a name, comes back as it is.
 */
export function regionName(text: string, country?: string): string {
  const code = text.toUpperCase();
  const [, home, short] = /^(US|CA|MX)-([A-Z]{2,3})$/.exec(code) ?? [];
  if (home !== undefined && short !== undefined) return inHome(home, short) ?? text;
  if (country === undefined) return homes.map((each) => inHome(each, code)).find(Boolean) ?? text;
  const known = countryByCode.get(country.toUpperCase())?.alpha2 ?? alpha2ByName.get(country.toUpperCase());
  return (known === undefined ? undefined : inHome(known, code)) ?? text;
}

const homes = ['US', 'CA', 'MX'] as const;

function inHome(home: string, code: string): string | undefined {
  return homes.filter((each) => each === home).map((each) => regionsOf[each].get(code))[0];
}

function entries(table: string): readonly (readonly [string, string])[] {
  return table.split(';').map((entry) => split(entry.trim()));
}

function split(entry: string): readonly [string, string] {
  const space = entry.indexOf(' ');
  return [entry.slice(0, space), entry.slice(space + 1)];
}
