"""Which government forms: the conditional logit of `clientela.chamber`, fitted and measured.

    python -m validation.coalitions

reads ParlGov, fits every model, predicts each country from the others and each year after 1990
from those before, and writes docs/validation/coalitions.md with its figures, and the coefficients
that the package ships, clientela/chamber/fitted/formation.json.
"""
