"""Choices of patrons and clients who look ahead: what theory says that they do in equilibrium."""
