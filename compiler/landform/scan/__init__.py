"""`landform scan`: checkov and own rules over a plan, waivers with reasons, one verdict."""
