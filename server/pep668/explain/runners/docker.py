"""docker, podman, nerdctl and buildah: the Dockerfile of what they build, the compose file of what they start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import _compose
from ._call import Call, Run, arguments
from ._containers import build

PROGRAM = re.compile(r"docker|podman|nerdctl|buildah")

# From `docker buildx build --help`, `docker build --help`, `podman build --help`.
_VALUED = (
    "-f --file -t --tag -o --output -m --memory -c --cpu-shares --add-host --allow --annotation --attest --build-arg"
    " --build-context --builder --cache-from --cache-to --call --cgroup-parent --cpu-period --cpu-quota --cpuset-cpus"
    " --cpuset-mems --iidfile --isolation --label --memory-swap --metadata-file --network --no-cache-filter --platform"
    " --progress --provenance --sbom --secret --security-opt --shm-size --ssh --target --ulimit -v --volume --layers"
    " --format --logfile --runtime --userns --device --env --from --ignorefile"
)
_GROUPS = ("buildx", "image", "builder")
_GLOBAL = "-H --host -c --context --config -l --log-level --connection --root --storage-driver"


def runs(call: Call) -> Iterator[Run]:
    found = arguments(call.arguments, _GLOBAL, first_ends=True)
    words = list(found.words)
    if words and words[0] in _GROUPS:
        words.pop(0)
    subcommand = words.pop(0) if words else None
    if subcommand == "compose":
        yield from _compose.runs(call, words)
    elif subcommand in ("build", "bud", "b"):
        own = arguments(words, _VALUED)
        context = own.words[0] if own.words else None
        yield from build(call, context, own.value("-f", "--file"))
