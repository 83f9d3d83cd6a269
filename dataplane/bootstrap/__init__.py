"""Machine start-up: user data, the start-up archive, and the boot document of one endpoint.

`archive`, `user_data` and `boot_document` run at deployment. `scripts`, `units` and `host` run on the
machine and reach it as the archive.

Machine images that the scripts are written for: Deep Learning Base OSS AMI (Amazon Linux 2023) for
NVIDIA, ECS-optimized Amazon Linux 2023 for CPU. Both bring Docker and Python 3.9. The second is built
from the *minimal* image (amazon-ecs-ami, release-al2023.auto.pkrvars.hcl, 2026-09) without the AWS CLI
and findutils, so user data installs what is missing from the distribution's own repository, whose
version the machine image pins.
"""
