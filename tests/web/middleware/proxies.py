"""Proxies as docs/proxies.md sets them up.

A browser opens `https://photos.example.org:8443` or a path below it. Each proxy is a function of
that request: what it sends to the app, with the settings of the documentation.
"""

from collections.abc import Callable
from dataclasses import dataclass

CLIENT = "198.51.100.23"
HOST = "photos.example.org"
BACKEND = "127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy as the documentation sets it up.

    Attributes:
        headers: The headers that it adds or changes, from the host and port in the browser.
        settings: The settings of Shoebox, as the table names them.
        prefix: The path below which the proxy serves the site, and which it removes.
        port: The port of the public address.
    """

    headers: Callable[[str, int], dict[str, str]]
    settings: str
    prefix: str = ""
    port: int = 443

    @property
    def host(self) -> str:
        return HOST if self.port == 443 else f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        return f"https://{self.host}"


def nginx(host: str, _port: int) -> dict[str, str]:
    return {"Host": host, "X-Forwarded-For": CLIENT, "X-Forwarded-Proto": "https"}


def nginx_with_prefix(host: str, port: int) -> dict[str, str]:
    return nginx(host, port) | {"X-Forwarded-Prefix": "/pictures"}


def nginx_without_port(_host: str, port: int) -> dict[str, str]:
    return nginx(HOST, port) | {"X-Forwarded-Port": str(port)}


def caddy(host: str, port: int) -> dict[str, str]:
    return nginx(host, port) | {"X-Forwarded-Host": host, "Via": "2.0 Caddy"}


def caddy_with_prefix(host: str, port: int) -> dict[str, str]:
    return caddy(host, port) | {"X-Forwarded-Prefix": "/pictures"}


def apache(host: str, _port: int) -> dict[str, str]:
    """Apache sends the host of the backend and appends to what the client has sent."""
    return {
        "Host": BACKEND,
        "X-Forwarded-For": f"203.0.113.66, {CLIENT}",
        "X-Forwarded-Host": f"forged.example, {host}",
        "X-Forwarded-Server": HOST,
        "X-Forwarded-Proto": "https",
    }


def apache_with_prefix(host: str, port: int) -> dict[str, str]:
    return apache(host, port) | {"X-Forwarded-Prefix": "/pictures"}


def cloudflare(host: str, port: int) -> dict[str, str]:
    return nginx(host, port) | {
        "CF-Connecting-IP": CLIENT,
        "CF-Ray": "8f00c0ffee00c0de-ICN",
        "CF-Visitor": '{"scheme":"https"}',
        "X-Forwarded-Host": "forged.example",
        "X-Forwarded-Prefix": "//forged.example",
    }


def cloudflare_and_nginx(host: str, port: int) -> dict[str, str]:
    return cloudflare(host, port) | {
        "X-Forwarded-For": f"{CLIENT}, 172.64.0.9",
        "X-Forwarded-Proto": "https, http",
    }


def alb(host: str, port: int) -> dict[str, str]:
    """The load balancer passes on what clients send in other headers."""
    return nginx(host, port) | {
        "X-Forwarded-Port": str(port),
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
        "X-Forwarded-Host": "forged.example",
        "X-Forwarded-Prefix": "//forged.example",
    }


def alb_and_instance(host: str, port: int) -> dict[str, str]:
    """Nginx of an instance appends to both lists (deploy/nginx/site.conf)."""
    return alb(host, port) | {
        "X-Forwarded-For": f"{CLIENT}, 10.0.0.9",
        "X-Forwarded-Proto": "https, http",
        "X-Forwarded-Host": host,
    }


ONE = "PROXY_HOPS=1"
TWO = "PROXY_HOPS=2"
WITH_HOST = "PROXY_HOPS=1 PROXY_HEADERS=host"
WITH_HOST_AND_PREFIX = "PROXY_HOPS=1 PROXY_HEADERS=host,prefix"
WITH_PORT = "PROXY_HOPS=1 PROXY_HEADERS=port"
WITH_PREFIX = "PROXY_HOPS=1 PROXY_HEADERS=prefix"
PROXIES = {
    "nginx": Proxy(nginx, ONE),
    "nginx on another port": Proxy(nginx, ONE, port=8443),
    "nginx, host without the port": Proxy(nginx_without_port, WITH_PORT, port=8443),
    "nginx below a path": Proxy(nginx_with_prefix, WITH_PREFIX, "/pictures"),
    "Caddy": Proxy(caddy, ONE),
    "Caddy below a path": Proxy(caddy_with_prefix, WITH_PREFIX, "/pictures"),
    "Apache": Proxy(apache, WITH_HOST),
    "Apache below a path": Proxy(apache_with_prefix, WITH_HOST_AND_PREFIX, "/pictures"),
    "Cloudflare": Proxy(cloudflare, ONE),
    "Cloudflare and nginx": Proxy(cloudflare_and_nginx, TWO),
    "ALB": Proxy(alb, ONE),
    "ALB and an instance": Proxy(alb_and_instance, TWO),
}
