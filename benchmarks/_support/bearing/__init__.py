"""What ``benchmarks.fleet`` measures, part by part."""
