"""The production engine: filters as Elasticsearch bool queries, scaled by the cluster behind the alias."""
