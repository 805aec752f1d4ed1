# What Beanstalk is told, namespace by namespace: "Configuration options" in its developer guide. What is not said here
# is a default, and a default of AWS may change.

locals {
  options = merge(local.network, local.capacity, local.balancer, local.updates, local.telemetry, {
    "aws:elasticbeanstalk:application:environment" = var.environment
  })

  network = {
    "aws:ec2:vpc" = {
      VPCId                    = var.vpc_id
      Subnets                  = join(",", sort(values(var.subnets)))
      ELBSubnets               = join(",", sort(values(var.balancer_subnets)))
      ELBScheme                = var.public ? "public" : "internal"
      AssociatePublicIpAddress = false
    }
  }

  capacity = {
    "aws:ec2:instances" = {
      InstanceTypes          = var.instance_type
      SupportedArchitectures = var.architecture
      EnableSpot             = false
    }
    "aws:autoscaling:asg" = {
      MinSize  = var.scale.min
      MaxSize  = var.scale.max
      Cooldown = 360
    }
    # One instance more above the target for five minutes, one less below half of it: two of them share the load of one
    # then, and each stays below the target.
    "aws:autoscaling:trigger" = {
      MeasureName               = "CPUUtilization"
      Statistic                 = "Average"
      Unit                      = "Percent"
      Period                    = 1
      EvaluationPeriods         = 5
      BreachDuration            = 5
      UpperThreshold            = var.scale.cpu_percent
      UpperBreachScaleIncrement = 1
      LowerThreshold            = floor(var.scale.cpu_percent / 2)
      LowerBreachScaleIncrement = -1
    }
    "aws:autoscaling:launchconfiguration" = {
      IamInstanceProfile = aws_iam_instance_profile.this.name
      DisableIMDSv1      = true
      MonitoringInterval = "1 minute"
      RootVolumeType     = "gp3"
      RootVolumeSize     = var.root_gib
      SecurityGroups     = aws_security_group.this.id
      # Beanstalk's own group lets everybody in by SSH who knows of a way to the instance.
      DisableDefaultEC2SecurityGroup = true
    }
  }

  balancer = {
    "aws:elasticbeanstalk:environment" = {
      EnvironmentType      = "LoadBalanced"
      LoadBalancerType     = "application"
      LoadBalancerIsShared = false
      ServiceRole          = aws_iam_role.this["service"].arn
    }
    "aws:elasticbeanstalk:environment:process:default" = {
      HealthCheckPath = var.health
      MatcherHTTPCode = 200
      Port            = 80
      Protocol        = "HTTP"
    }
    "aws:elbv2:loadbalancer" = merge(
      { SecurityGroups = aws_security_group.balancer.id, ManagedSecurityGroup = aws_security_group.balancer.id },
      var.access_logs == null ? {} : { AccessLogsS3Enabled = true, AccessLogsS3Bucket = var.access_logs.bucket, AccessLogsS3Prefix = var.access_logs.prefix },
    )
    "aws:elbv2:listener:default" = { ListenerEnabled = var.certificate_arn == null }
    "aws:elbv2:listener:443" = var.certificate_arn == null ? {} : {
      ListenerEnabled    = true
      Protocol           = "HTTPS"
      DefaultProcess     = "default"
      SSLCertificateArns = var.certificate_arn
      SSLPolicy          = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    }
  }

  # New code and new machines come up beside the old ones, and take over once they are well.
  updates = {
    "aws:elasticbeanstalk:command" = {
      DeploymentPolicy = "Immutable"
      Timeout          = 1800
    }
    "aws:autoscaling:updatepolicy:rollingupdate" = {
      RollingUpdateEnabled = true
      RollingUpdateType    = "Immutable"
      Timeout              = "PT30M"
    }
    "aws:elasticbeanstalk:managedactions" = { ManagedActionsEnabled = false }
  }

  telemetry = {
    "aws:elasticbeanstalk:healthreporting:system" = {
      SystemType                = "enhanced"
      EnhancedHealthAuthEnabled = true
    }
    "aws:elasticbeanstalk:cloudwatch:logs" = {
      StreamLogs      = true
      RetentionInDays = var.logs.retention_days
      # The groups are Terraform's, which deletes them itself: an environment that is replaced would take them along, and
      # the next one make them anew without the key.
      DeleteOnTerminate = false
    }
    "aws:elasticbeanstalk:xray" = { XRayEnabled = false }
  }
}
