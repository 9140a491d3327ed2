"""A log likelihood near some parts, quadratic, and what beliefs of any width make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A fit for one moment: the log likelihood near it is ``constant + pull theta - theta precision theta / 2``.

    Shocks, whose size is known, are integrated out once: what is left is of the parts alone.
    """

    precision: Float
    """[B, B]"""
    pull: Float
    """[B]"""
    constant: float
    shocks: Float
    """[shocks] most probable ones where no part moves."""
    along: Float
    """[shocks, B] how far they go down with each part."""
    open: Float
    """[shocks] variance of each where no part moves."""
    trust: Float
    """[observations] precision of each."""
    off: Float
    """[observations] units beyond what is expected."""
    expected: Float
    """[observations] units that grow with the baseline."""

    def posterior(self, prior: Float) -> tuple[float, Float, Float]:
        """Log evidence, mean and Cholesky's root of the precision (`covariance_of`), by prior precisions [B].

        Raises
        ------
        numpy.linalg.LinAlgError
            Where the precision is not positive definite.
        """
        precision = self.precision + np.diag(prior)
        # As scipy.linalg.cho_factor and cho_solve ask LAPACK, whose checks take longer than these small matrices.
        root, failed = dpotrf(precision, lower=True, clean=False)
        if failed:
            raise np.linalg.LinAlgError(f"precision [{len(prior)}, {len(prior)}] of the parts: not positive definite")
        theta = np.asarray(dpotrs(root, self.pull, lower=True)[0], dtype=np.float64)
        log_determinant = float(2.0 * np.log(np.diag(root)).sum() - np.log(prior).sum())
        return self.constant + 0.5 * float(self.pull @ theta) - 0.5 * log_determinant, theta, root

    def with_shocks(self, theta: Float) -> Float:
        """Parts [B], and after them the most probable shocks beside them."""
        return np.concatenate([theta, self.shocks - self.along @ theta])

    def unsure(self, covariance: Float) -> Float:
        """[shocks] standard deviations of the shocks beside parts of a covariance [B, B]."""
        return np.asarray(np.sqrt(self.open + ((self.along @ covariance) * self.along).sum(axis=1)))


def covariance_of(roots: Iterable[tuple[float, Float]], count: int) -> Float:
    """[B, B] weighed sum of covariances of so many parts, told by weights and roots of precisions (`Fit.posterior`)."""
    lower = sum((weight * dpotri(root, lower=True)[0] for weight, root in roots), start=np.zeros((count, count)))
    return np.asarray(np.tril(lower) + np.tril(lower, -1).T)


def without_shocks(
    precision: Float, pull: Float, constant: float, known: Float, *, trust: Float, off: Float, expected: Float
) -> Fit:
    """Integrate shocks out of a log likelihood ``constant + pull theta - theta precision theta / 2``.

    Parameters
    ----------
    precision, pull : [B + shocks, B + shocks], [B + shocks]
        Of B parts, and of the shocks after them.
    known : [shocks]
        Precisions with which shocks are believed to be 0.
    trust, off, expected : [observations]
        Kept as they are.
    """
    count = len(pull) - len(known)
    root = cho_factor(precision[count:, count:] + np.diag(known), lower=True)
    along, alone = cho_solve(root, precision[count:, :count]), cho_solve(root, pull[count:])
    log_determinant = float(2.0 * np.log(np.diag(root[0])).sum() - np.log(known).sum())
    return Fit(
        precision=precision[:count, :count] - precision[:count, count:] @ along,
        pull=pull[:count] - precision[:count, count:] @ alone,
        constant=constant + 0.5 * float(pull[count:] @ alone) - 0.5 * log_determinant,
        shocks=alone,
        along=along,
        open=np.diag(cho_solve(root, np.eye(len(known)))),
        trust=trust,
        off=off,
        expected=expected,
    )
