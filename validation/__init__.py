"""Validations: models fitted and measured on public data, each with one command, minutes long."""
