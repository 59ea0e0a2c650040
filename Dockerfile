# Netadmin's image, and those of what may stand beside it. How to use them: docs/installing-with-docker.md
#
#   BASE     Debian 13, or what is made of it; a registry's mirror goes here
#   secrets  pip.conf  which package index to ask, where it isn't the public one
#            ca.pem    certificates that vouch for that index, where the public ones don't
#            Neither is in any layer.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS base
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
# A name for the user: ssh starts for nobody who has none. The folder is the volume that the two containers may share.
RUN groupadd --gid 10001 netadmin \
    && useradd --uid 10001 --gid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin netadmin \
    && install -d -o 10001 -g 10001 -m 0700 /run/socket-proxy


FROM base AS packages
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv
COPY requirements.txt /build/
# Compiled here, by content: a change of the code makes none of this anew, and at run time nothing is written. Packages' own tests and
# their catalogues in languages that no page speaks are 40 MB.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf,required=false \
    --mount=type=secret,id=ca.pem,target=/build/ca.pem,required=false \
    if [ -s /build/ca.pem ]; then export PIP_CERT=/build/ca.pem; fi \
    && python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes -r /build/requirements.txt \
    && /opt/venv/bin/pip uninstall --yes --quiet --disable-pip-version-check pip \
    && find /opt/venv -name __pycache__ -prune -exec rm -rf {} + \
    && find /opt/venv -type d \( -path '*/twisted*/test' -o -path '*/zope/*/tests' -o -path '*/autobahn/*/test' \) -prune -exec rm -rf {} + \
    && find /opt/venv -type d -name LC_MESSAGES ! -path '*/locale/en*' ! -path '*/locale/ko/*' -prune -exec rm -rf {} + \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib


FROM packages AS application
COPY manage.py pyproject.toml requirements.txt requirements-dev.txt package-lock.json sbom.cdx.json LICENSE /opt/netadmin/
COPY netadmin /opt/netadmin/netadmin
COPY networks /opt/netadmin/networks
COPY static /opt/netadmin/static
COPY templates /opt/netadmin/templates
COPY deploy/docker/healthz.py /opt/netadmin/deploy/docker/
WORKDIR /opt/netadmin
# The settings make a key: it stays in a folder that is in no layer.
RUN --mount=type=tmpfs,target=/tmp/data \
    NETADMIN_DATA_DIR=/tmp/data NETADMIN_STATIC_DIR=/opt/netadmin/collected \
    PYTHONDONTWRITEBYTECODE=1 /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && python3 -m compileall -q --invalidation-mode unchecked-hash manage.py netadmin networks


FROM base AS socket-proxy
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends haproxy \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
COPY deploy/docker/haproxy.cfg /etc/haproxy/haproxy.cfg
USER 10001:10001
VOLUME /run/socket-proxy
STOPSIGNAL SIGTERM
ENTRYPOINT ["haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"]
LABEL org.opencontainers.image.title="Netadmin's socket proxy" \
      org.opencontainers.image.description="haproxy that lets through the calls of Netadmin's list and no others"


FROM base AS proxy
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
COPY deploy/docker/nginx.conf /etc/nginx/nginx.conf
COPY deploy/docker/healthz.py /opt/netadmin/
ENV NETADMIN_PORT=8001
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["python3", "-I", "-S", "/opt/netadmin/healthz.py"]
ENTRYPOINT ["nginx", "-e", "stderr", "-g", "daemon off;"]
LABEL org.opencontainers.image.title="Netadmin's proxy" \
      org.opencontainers.image.description="nginx before several servers of Netadmin"


FROM base AS database
# The package would make a database of its own at once.
RUN apt-get update \
    && export DEBIAN_FRONTEND=noninteractive \
    && apt-get install -y --no-install-recommends postgresql-common \
    && sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends postgresql \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY deploy/docker/postgresql.sh /usr/local/bin/
USER 10001:10001
VOLUME /data
EXPOSE 5432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=netadmin", "--dbname=netadmin"]
ENTRYPOINT ["postgresql.sh"]
LABEL org.opencontainers.image.title="Netadmin's database" \
      org.opencontainers.image.description="PostgreSQL for several servers of Netadmin"


FROM base AS netadmin
# ssh for Engines that are reached by it; the static busybox is what the sample lab's containers are made of.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends busybox-static ca-certificates openssh-client \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=packages /opt/venv /opt/venv
COPY --from=application /opt/netadmin /opt/netadmin
WORKDIR /opt/netadmin
ENV PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NETADMIN_BIND=0.0.0.0 \
    NETADMIN_DATA_DIR=/data \
    NETADMIN_STATIC_DIR=/opt/netadmin/collected
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-S", "deploy/docker/healthz.py"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
ARG BASE
ARG VERSION=0.2.0.dev0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Netadmin" \
      org.opencontainers.image.description="A self-hosted web dashboard for Docker networks" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
