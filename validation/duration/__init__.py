"""How long a government takes to form: published estimates reproduced, predictions measured.

    python -m validation.duration --data FOLDER

reads the data of Golder (2010) and of Martin & Vanberg (2003), which do not come with the project
(`govtform.csv` from the R package modeLLtest, `martinvanberg.csv` from coxed), reproduces their
Cox models, predicts each country from the others and each year from 1980 on from those before, and
writes docs/validation/duration.md with its figures. With `--ship` it also writes the coefficients
that the package uses, clientela/chamber/fitted/duration.json.
"""
