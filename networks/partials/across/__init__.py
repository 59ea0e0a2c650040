"""Pages that show of several Engines at once what their reader may see there."""
