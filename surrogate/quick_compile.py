"""How XLA compiles what runs for seconds: in half the time, and the code is no slower.

The newer code generator of XLA's CPU back end and its full optimisation earn their compilation only in the gains of
large questions. Measured on two cores, compilation in seconds (docs/search.md): the bound 8.8 -> 4.6, a fit of effects
4.7 -> 3.0, with equal times per call.
"""

QUICK: dict[str, bool | int] = {"xla_cpu_use_fusion_emitters": False, "xla_backend_optimization_level": 1}
"""For ``compiler_options`` of `jax.jit`."""
