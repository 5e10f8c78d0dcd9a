"""Credentials that may come late: a fresh instance's role can take seconds longer than its first request."""

from typing import Any

import botocore.session
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.session import Session
from botocore.utils import InstanceMetadataFetcher, resolve_imds_endpoint_mode


def session_that_waits_for_role() -> Session:
    """A botocore session that, when it finds no credentials, goes on asking the instance for them at every call.

    Without this a client made a second too early says NoCredentialsError until the process ends.
    """
    session = botocore.session.get_session()
    resolver: CredentialResolver = session.get_component("credential_provider")
    resolver.providers.append(DeferredInstanceRole(session))
    return session


class DeferredInstanceRole(CredentialProvider):
    """The last provider of the chain: the instance's role, asked for when it is needed."""

    METHOD = "late-iam-role"

    def load(self) -> DeferredRefreshableCredentials:
        """Credentials that raise CredentialRetrievalError for as long as the instance has none."""
        fetcher = InstanceMetadataFetcher(
            timeout=self.session.get_config_variable("metadata_service_timeout"),
            num_attempts=self.session.get_config_variable("metadata_service_num_attempts"),
            user_agent=self.session.user_agent(),
            config=_metadata_service(self.session),
        )
        return DeferredRefreshableCredentials(fetcher.retrieve_iam_role_credentials, self.METHOD)


def _metadata_service(session: Session) -> dict[str, Any]:
    """Where the operator says the metadata service is, if anywhere: botocore's own settings."""
    return {
        "ec2_metadata_service_endpoint": session.get_config_variable(
            "ec2_metadata_service_endpoint"
        ),
        "ec2_metadata_service_endpoint_mode": resolve_imds_endpoint_mode(session),
        "ec2_metadata_v1_disabled": session.get_config_variable("ec2_metadata_v1_disabled"),
    }
