"""Real Debian systems for tests: roots made by debootstrap, and layers over them that are thrown away."""
