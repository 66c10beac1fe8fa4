# The service and its command line. Build: docker build -t apollo-contact-search .
# Stage one has pip and installs the pinned packages; stage two has the result only.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/contacts
COPY constraints.txt ./
RUN /opt/contacts/bin/pip install --no-cache-dir --require-hashes -r constraints.txt
COPY pyproject.toml README.md ./
COPY api api
COPY indexing indexing
COPY mappings mappings
COPY search search
RUN /opt/contacts/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/contacts/bin/pip uninstall --yes --quiet setuptools pip

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data contacts && install -d -o contacts -g contacts /data
COPY --from=build /opt/contacts /opt/contacts
ENV PATH=/opt/contacts/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CONTACTS_HOST=0.0.0.0 \
    CONTACTS_PORT=8000 \
    CONTACTS_DATA_DIR=/data
USER contacts
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Alive, not ready: whoever restarts what is unhealthy would not help a service whose engine is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', os.environ['CONTACTS_PORT'], timeout=4); c.request('GET', '/health/live'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["contacts"]
CMD ["serve"]
