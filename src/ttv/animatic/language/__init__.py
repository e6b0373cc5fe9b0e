"""From words to a Scene, and an honest account of what was understood."""
