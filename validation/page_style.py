"""How the pages look, and the policy that keeps them from loading anything."""

from __future__ import annotations

# No script, image, font or style from anywhere; a browser then has nobody to ask.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2733; background: #f6f7f9; margin: 0 }
.container-fluid.pt-4, main { max-width: 70rem; margin: 0 auto; padding: 1rem 1.5rem 4rem }
h1 { font-size: 1.6rem; margin: 1rem 0 .25rem }
h2, .alert h5 { font-size: 1.15rem; margin: 1.75rem 0 .5rem }
h4 { font-size: 1.6rem; margin: 0 0 .25rem }
h6, .h6 { font-size: 1rem; font-weight: 600; margin: .75rem 0 .25rem }
p { margin: 0 0 .75rem }
a { color: #1552a8 }
table { border-collapse: collapse; width: 100%; background: #fff; border: 1px solid #d8dde3 }
th, td { padding: .45rem .75rem; border-bottom: 1px solid #e6e9ed; text-align: left }
th { background: #eceff3; font-weight: 600; font-size: .85rem }
td { vertical-align: top }
.findings tr > :nth-child(4) { min-width: 13rem }
.findings td:nth-child(5) { white-space: nowrap }
.findings tr > :nth-child(5), .tables tr > :nth-child(n+2) { text-align: right }
td p { margin: .25rem 0 0 }
td br, .alert br + br { display: none }
code { background: #eceff3; border-radius: .2rem; padding: 0 .25rem }
.stop, .reject, .warn { white-space: nowrap }
.stop, .text-danger { color: #a8201a; font-weight: 600 }
.reject { color: #7a3d8c; font-weight: 600 }
.warn { color: #8a5a00; font-weight: 600 }
.good, .text-success { color: #1c6b3c; font-weight: 600 }
.fas { font-style: normal }
td .fa-check-circle::before { content: "\\2713\\a0 met" }
td .fa-times::before { content: "\\2717\\a0 not met" }
.fa-comment, .btn-group, .sticky > .card.mb-3, .sticky .card-header { display: none }
.navbar { background: #1d2733; padding: .6rem 1.5rem; height: auto !important }
.navbar .navbar-brand { display: none }
.navbar a, .navbar li { color: #fff }
.breadcrumb, .nav { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap }
.breadcrumb li + li::before { content: "/"; padding: 0 .5rem }
.nav { gap: .25rem 1rem; margin: .5rem 0 }
.nav.nav-pills a { color: #1552a8 }
#navigation { background: none; padding: 0 }
.badge { background: #eceff3; border-radius: .2rem; padding: 0 .35rem }
.ge-section .alert { border-bottom: 2px solid #1d2733; margin-bottom: .5rem }
.ge-section th:first-child { width: 7rem }
.ge-section th:last-child { width: 12rem }
.collapse { display: none }
.collapse:target, li .collapse { display: block }
li .collapse * { margin: 0; padding: 0; color: #4b5866 }
li .collapse [id$=subheader] { display: none }
hr { border: 0; margin: .3rem }
"""

HEAD = f"""
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<style>{_STYLE}</style>
"""
