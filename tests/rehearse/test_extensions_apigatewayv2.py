"""What moto lacks of API Gateway, seen through boto3."""

from __future__ import annotations

from landform.rehearse.embedded import EmbeddedAws


def test_a_name_stands_and_leads_somewhere() -> None:
    with EmbeddedAws("111122223333") as aws:
        gateway = aws.client("apigatewayv2", "eu-west-1")
        asked = [{"CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/1", "EndpointType": "REGIONAL"}]
        gateway.create_domain_name(DomainName="notes.example.com", DomainNameConfigurations=asked)
        found = gateway.get_domain_name(DomainName="notes.example.com")
        (own,) = found["DomainNameConfigurations"]
        assert own["DomainNameStatus"] == "AVAILABLE"
        assert own["ApiGatewayDomainName"].endswith(".execute-api.eu-west-1.amazonaws.com")
        assert own["HostedZoneId"]
        assert "MutualTlsAuthentication" not in found
