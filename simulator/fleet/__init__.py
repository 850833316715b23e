"""The fleet as the simulator sees it: a program that it may start, and an API that it talks to."""
