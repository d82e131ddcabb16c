"""The roles of the crew: director, scene, character, camera."""
