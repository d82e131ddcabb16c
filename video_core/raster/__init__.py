"""Geometry that both the conditioning maps and the animatic are drawn from: view, ground, bodies, solids, scenery."""
