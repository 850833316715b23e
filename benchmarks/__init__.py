"""Every figure that the README claims, measured on the machine that runs this: ``python -m benchmarks``."""
