provider "aws" {
  region = "eu-central-1"
}

module "coverage_notifier" {
  source = "../"

  template_url       = "https://example-code-eu-central-1.s3.eu-central-1.amazonaws.com/guardduty-coverage-notifier/v1.2.3/template.yaml"
  code_bucket_prefix = "example-code"
  slack_secret       = "/guardduty-coverage-notifier/slack"
  slack_channel      = "C0123456789"
  alarm_email        = "oncall@example.com"
  tags               = { "guardduty-coverage-notifier:version" = "v1.2.3" }
}
