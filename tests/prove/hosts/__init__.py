"""How each host runs its documents: one module a host, with the documents that are run.

A module of this package has

- `NAME`: what the table calls it;
- `MACHINE`: whether its documents are about the machine that they stand on, which the engine may then read;
- `cases()`: its documents;
- `replay(layer, case, text)`: runs a text in a layer as the host would; gives `Ran`.
"""
