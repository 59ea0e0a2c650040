"""The pages about swarms: of an Engine, and of an overlay network across Engines."""
