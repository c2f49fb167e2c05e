"""The pages, a module each: `add(bench)` makes its address known."""
