"""Draws from the posterior by the No-U-Turn sampler, through NumPyro; diagnostics by ArviZ.

The log-likelihood and its gradient are Clientela's own; NumPyro calls back for them (Hoffman &
Gelman 2014; Phan, Pradhan & Jankowiak 2019). Scores are first turned and stretched by the normal
approximation at the mode, so that chains need few steps.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientela.inference.likelihood import Likelihood
from clientela.inference.mode import Mode, posterior

# What is asked of chains (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021).
MOST_RHAT, LEAST_ESS = 1.01, 400.0
# Treedepth 7 is 127 leapfrog steps for one draw.
DEEPEST = 7


class SamplerMissingError(ImportError):
    """NumPyro, JAX or ArviZ is not installed."""


@dataclass(frozen=True)
class Chains:
    """Draws from the posterior, and what tells whether they are to be trusted.

    `z` has shape (chains, draws, parameters): scores. `rhat` and `ess` are rank-normalised split-R̂
    and bulk effective sample sizes, shape (parameters,); `divergences` how many transitions
    diverged; `acceptance` the mean acceptance statistic.
    """

    z: np.ndarray
    rhat: np.ndarray
    ess: np.ndarray
    divergences: int
    acceptance: float
    steps: float
    seconds: float

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the chains, in sentences; none if nothing is."""
        found = []
        draws = self.z.shape[0] * self.z.shape[1]
        if self.divergences:
            found.append(
                f"{self.divergences} of {draws:,} transitions diverged: parts of the posterior may be "
                "left out; raise --accept toward 0.99, or give sharper priors"
            )
        if (self.rhat > MOST_RHAT).any():
            found.append(
                f"chains do not agree (R-hat {self.rhat.max():.3f}, expected at most {MOST_RHAT}); "
                "raise --draws"
            )
        if (self.ess < LEAST_ESS).any():
            found.append(
                f"the least effective sample size is {self.ess.min():.0f} (expected {LEAST_ESS:.0f} or "
                "more); raise --draws"
            )
        return found


def sample(
    likelihood: Likelihood,
    mode: Mode,
    *,
    draws: int = 500,
    warmup: int = 300,
    chains: int = 4,
    accept: float = 0.8,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Chains:
    """Draws from the posterior of the scores, begun at draws from the normal approximation.

    Raises SamplerMissingError if the extra is not installed.
    """
    jax, jnp, infer = _numpyro()
    began = time.perf_counter()
    root = np.linalg.cholesky(mode.covariance + 1e-12 * np.eye(len(mode.z)))
    calls = 0

    def downhill(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal calls
        calls += 1
        value, slope = posterior(likelihood, mode.z + root @ np.asarray(x))
        if not np.isfinite(value):
            return np.array(np.inf), np.zeros(len(x))
        return np.array(-value), -(root.T @ slope)

    shape = (jax.ShapeDtypeStruct((), float), jax.ShapeDtypeStruct((len(mode.z),), float))

    @jax.custom_vjp
    def potential(x: Any) -> Any:
        return jax.pure_callback(downhill, shape, x)[0]

    def forward(x: Any) -> tuple[Any, Any]:
        return jax.pure_callback(downhill, shape, x)

    potential.defvjp(forward, lambda slope, g: (g * slope,))
    kernel = infer.NUTS(
        potential_fn=potential, target_accept_prob=accept, dense_mass=False, max_tree_depth=DEEPEST
    )
    begin = np.random.default_rng([seed, 0xB0]).standard_normal((chains, len(mode.z)))
    found, extra = [], []
    for chain in range(chains):
        run = infer.MCMC(kernel, num_warmup=warmup, num_samples=draws, progress_bar=False)
        run.run(
            jax.random.PRNGKey(seed * 1000 + chain), init_params=jnp.asarray(begin[chain]),
            extra_fields=("diverging", "accept_prob", "num_steps"),
        )  # fmt: skip
        found.append(np.asarray(run.get_samples()))
        extra.append({k: np.asarray(v) for k, v in run.get_extra_fields().items()})
        if progress:
            progress(chain + 1, chains)
    z = mode.z + np.stack(found) @ root.T
    rhat, ess = _diagnostics(z)
    return Chains(
        z, rhat, ess, int(sum(e["diverging"].sum() for e in extra)),
        float(np.mean([e["accept_prob"].mean() for e in extra])),
        float(np.mean([e["num_steps"].mean() for e in extra])),
        time.perf_counter() - began,
    )  # fmt: skip


def _numpyro() -> tuple[Any, Any, Any]:
    try:
        import jax
        import jax.numpy as jnp
        from numpyro import infer
    except ImportError as error:
        raise SamplerMissingError(
            "draws from the posterior need NumPyro and ArviZ; install them with: pip install 'clientela[fit]'"
        ) from error
    jax.config.update("jax_enable_x64", True)
    return jax, jnp, infer


def _diagnostics(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split-R̂ and bulk effective sample size of each score."""
    if len(z) == 1:  # its halves stand for two chains
        z = z[:, : z.shape[1] // 2 * 2].reshape(2, -1, z.shape[2])
    with warnings.catch_warnings():  # ArviZ announces its next version
        warnings.simplefilter("ignore")
        import arviz

    data = arviz.convert_to_dataset({"z": z})
    rhat: Any = arviz.rhat(data)
    ess: Any = arviz.ess(data)
    return np.asarray(rhat["z"].values), np.asarray(ess["z"].values)
