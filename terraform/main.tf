# The stack of a release. CloudFormation checks what the settings say together (the template's Rules).
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_cloudformation_stack" "notifier" {
  name         = var.name
  template_url = var.template_url
  capabilities = ["CAPABILITY_IAM"]
  tags         = var.tags
  parameters = { for name, value in {
    CodeBucketPrefix         = var.code_bucket_prefix
    CodePrefix               = var.code_prefix
    SlackSecret              = var.slack_secret
    SlackSecretKmsKeyArn     = var.slack_secret_kms_key_arn
    SlackChannel             = var.slack_channel
    SlackBroadcastRecovery   = var.slack_broadcast_recovery
    SlackApiUrl              = var.slack_api_url
    SnsTopicArn              = var.sns_topic_arn
    SnsTopicKmsKeyArn        = var.sns_topic_kms_key_arn
    SnsFormat                = var.sns_format
    MessageLanguage          = var.message_language
    HoldMinutes              = var.hold_minutes
    StormLimit               = var.storm_limit
    GatherSeconds            = var.gather_seconds
    Routes                   = var.routes
    RouteSecretArns          = var.route_secret_arns
    RouteTopicArns           = var.route_topic_arns
    RouteKmsKeyArns          = var.route_kms_key_arns
    ReportSchedule           = var.report_schedule
    TimeZone                 = var.time_zone
    ReportRegions            = var.report_regions
    ReportQuiet              = var.report_quiet
    ForwardedRegions         = var.forwarded_regions
    ForwardingOrganizationId = var.forwarding_organization_id
    AccountDirectory         = var.account_directory
    Diagnosis                = var.diagnosis
    DiagnosisRoleName        = var.diagnosis_role_name
    DiagnosisExternalId      = var.diagnosis_external_id
    AlarmEmail               = var.alarm_email
    AlarmTopicArn            = var.alarm_topic_arn
    ReportGapHours           = var.report_gap_hours
    LogRetentionDays         = var.log_retention_days
    Architecture             = var.architecture
    KmsKeyArn                = var.kms_key_arn
    PermissionsBoundaryArn   = var.permissions_boundary_arn
    RolePath                 = var.role_path
    ReservedConcurrency      = var.reserved_concurrency
  } : name => tostring(value) if value != null }
}

output "outputs" {
  description = "The outputs of the stack."
  value       = aws_cloudformation_stack.notifier.outputs
}
