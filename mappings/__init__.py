"""Apollo URL → parameters → contact filter. Pure: no I/O beyond the package's data files, no engine, no framework.

`url` reads a URL into names and values; `parameters` knows which parameter a name stands for and, with `readers`,
what a value asks of a contact; `contact_filter` puts these together in the language of `predicates`, with an account
of what could not be mapped. `analysis` shows the parameters instead, and `counting` what each selects by itself.
`company_lists` are filters that a request carries beside its URL.

Below them lies what contacts and filters must agree on, and so is called for both: `text`, `vocabulary`, `locations`
and `web`. `catalogue`, `rules`, `ordering` and `values` are what the table in `parameters` is made of; all errors of
the product are in `errors`. Nothing here imports anything of ours from outside.
"""
