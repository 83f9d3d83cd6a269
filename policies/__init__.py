"""Policy packs: rules that a stack's plan and resources must pass. None is built yet."""
