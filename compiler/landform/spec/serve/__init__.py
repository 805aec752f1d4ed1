"""The section `serve`: what answers requests, one file for each platform."""

from landform.spec.serve.beanstalk import BeanstalkService
from landform.spec.serve.endpoint import EndpointService
from landform.spec.serve.function import Http, LambdaService
from landform.spec.serve.host import HostService
from landform.spec.serve.site import Site

AnyService = BeanstalkService | EndpointService | HostService | LambdaService
"""A service, told apart by its platform."""

__all__ = ["AnyService", "BeanstalkService", "EndpointService", "HostService", "Http", "LambdaService", "Site"]
