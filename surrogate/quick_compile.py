"""How XLA compiles what runs for seconds: in two thirds of the time, and the code is no slower.

The newer code generator of XLA's CPU back end earns its compilation only in the gains of large questions. Optimisation
below the default level would halve the time again, but LLVM ends the process on some programs there ("Cannot select").
"""

QUICK: dict[str, bool | int] = {"xla_cpu_use_fusion_emitters": False}
"""For ``compiler_options`` of `jax.jit`."""

ONCE: dict[str, bool | int] = dict(QUICK)
"""The same for what runs so seldom, or so shortly, that its compilation is most of what it costs. Nothing that people
run is compiled otherwise for it; the tests, which meet it in a hundred shapes, lower the level of its optimisation."""
