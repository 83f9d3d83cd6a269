"""Policy packs: rules that a stack's plan and resources must pass; one rule a file under `rules`."""
