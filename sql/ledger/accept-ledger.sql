-- A person accepts that the ledger went back. The new generation is above any that this machine has seen of it.
update pointferry.ledger set generation = greatest(generation, :seen) + 1
returning generation
