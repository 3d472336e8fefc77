"""Which programs run the rest of their line, and how their own words end. From their manuals, 2026-11."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """How a wrapper's own words end: options, of which `letters` and `longs` take a value, then `operands` words.

    `assigns`: `NAME=value` words may stand before the program. `stops`: options that mean
    that it runs nothing of its line (`command -v`).
    """

    letters: str = ""
    longs: frozenset[str] = frozenset()
    operands: int = 0
    assigns: bool = False
    stops: frozenset[str] = frozenset()
    single_dash_longs: bool = False


def _shape(
    letters: str = "",
    longs: str = "",
    operands: int = 0,
    *,
    assigns: bool = False,
    stops: str = "",
    single_dash_longs: bool = False,
) -> Shape:
    return Shape(
        letters,
        frozenset("--" + long for long in longs.split()),
        operands,
        assigns,
        frozenset(stops.split()),
        single_dash_longs,
    )


NO_OPTIONS = _shape()
_CONTAINER_LONGS = """
    add-host arch attach authfile blkio-weight cap-add cap-drop cgroup-parent cgroupns cidfile cpu-shares cpus
    cpuset-cpus detach-keys device dns entrypoint env env-file expose file gpus group-add health-cmd hostname
    index ipc isolation label link log-driver log-opt mac-address memory mount name net network network-alias
    os pid platform pod profile project-directory project-name publish pull restart runtime secret security-opt
    shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit user userns uts volume volumes-from
    workdir
"""
_CONTAINER_RUN = _shape("vewupmhlac", _CONTAINER_LONGS, 1)
_CONTAINER_EXEC = _shape("ewu", _CONTAINER_LONGS, 1)
_COMPOSE_RUN = _shape("evwupl", _CONTAINER_LONGS, 1)
_CONDA_RUN = _shape("np", "name prefix cwd")
_SSH = _shape("BbcDEeFIiJLlMmOopQRSWw", "", 1)
_WSL = _shape(
    "du", "distribution user cd shell-type", stops="-l --list --install --set-default --shutdown --update --status"
)
_LXC = _shape("", "env cwd user", 1)

WRAPPERS: dict[str, Shape] = {
    "sudo": _shape(
        "ugpCchrtTUDR",
        "user group prompt close-from host role type command-timeout other-user chdir chroot",
        assigns=True,
        stops="-l --list -v --validate -K --remove-timestamp -V --version -e --edit",
    ),
    "doas": _shape("uC", stops="-C -L"),
    "env": _shape("uCS", "unset chdir split-string", assigns=True),
    "cross-env": _shape(assigns=True),  # of npm's scripts
    "env-cmd": _shape("fe", "file environments"),
    "exec": _shape("a"),
    "command": _shape(stops="-v -V"),
    "builtin": NO_OPTIONS,
    "noglob": NO_OPTIONS,
    "nocorrect": NO_OPTIONS,
    "nohup": NO_OPTIONS,
    "nice": _shape("n", "adjustment"),
    "ionice": _shape("cn", "class classdata", stops="-p -P -u"),
    "time": _shape("fo", "format output"),
    "timeout": _shape("ks", "kill-after signal", 1),
    "gtimeout": _shape("ks", "kill-after signal", 1),
    "stdbuf": _shape("ioe", "input output error"),
    "unbuffer": NO_OPTIONS,
    "setsid": NO_OPTIONS,
    "xargs": _shape("aEdIJLnPRs", "arg-file delimiter max-args max-procs max-chars process-slot-var"),
    "chroot": _shape("", "", 1),
    "arch-chroot": _shape("u", "", 1),
    "fakeroot": _shape("lsib", "lib faked"),
    "fakechroot": _shape("ebc"),
    "eatmydata": NO_OPTIONS,
    "caffeinate": _shape("tw"),
    "pkexec": _shape("", "user"),
    "gosu": _shape("", "", 1),
    "su-exec": _shape("", "", 1),
    "s6-setuidgid": _shape("", "", 1),
    "s6-envdir": _shape("", "", 1),
    "setuidgid": _shape("", "", 1),
    "envdir": _shape("", "", 1),
    "chpst": _shape("uUbeoCcdmrstnlL/"),
    "with-contenv": _shape(),
    "tini": _shape("epg"),
    "dumb-init": _shape("r", "rewrite"),
    "setpriv": _shape("", "reuid regid groups inh-caps ambient-caps bounding-set securebits pdeathsig"),
    "chrt": _shape("TPD", "", 1),
    "taskset": _shape("", "", 1),
    "numactl": _shape("NmCpi"),
    "unshare": _shape("SGRw"),
    "nsenter": _shape("tSGrw", "target"),
    "systemd-run": _shape("pMuEH", "property unit uid gid setenv slice machine description"),
    "systemd-inhibit": _shape("", "what who why mode"),
    "systemd-nspawn": _shape("DMu", "directory machine user image"),
    "xvfb-run": _shape("enfpsw", "server-num server-args auth-file error-file wait"),
    "dbus-run-session": _shape("", "config-file"),
    "strace": _shape("aebEIoOpPsSuUX"),
    "proot": _shape("rbmwq", "rootfs bind cwd"),
    "flatpak-spawn": _shape("", "env directory"),
    "arch": _shape("e", single_dash_longs=True),
    "winpty": NO_OPTIONS,
    "runuser": _shape("ugGws", "user group supp-group whitelist-environment", stops="-c --command -l --login"),
    "ssh": _SSH,
    "autossh": _SSH,
    "parallel": _shape("jNnaPSLI", "jobs colsep delay joblog arg-file max-args sshlogin results"),
    "flock": _shape("wE", "timeout wait conflict-exit-code", 1, stops="-c --command"),
    "wsl": _WSL,
    "wsl.exe": _WSL,
    "schroot": _shape("cudsp", "chroot user directory shell"),
    "conda run": _CONDA_RUN,
    "mamba run": _CONDA_RUN,
    "micromamba run": _shape("nprae", "name prefix root-prefix cwd env"),
    "poetry run": NO_OPTIONS,
    "pipenv run": NO_OPTIONS,
    "uv run": _shape(
        "pPfidn",
        """cache-dir color config-file default-index directory env-file exclude-newer extra extra-index-url find-links
        group index index-url link-mode no-group only-group package prerelease project python refresh-package resolution
        upgrade-package with with-editable with-requirements""",
        stops="-m --module -s --script",
    ),
    "hatch run": NO_OPTIONS,
    "pdm run": _shape("p", "project", stops="-l --list"),
    "rye run": NO_OPTIONS,
    "pyenv exec": NO_OPTIONS,
    "asdf exec": NO_OPTIONS,
    "mise exec": NO_OPTIONS,
    "pixi run": _shape("e", "manifest-path environment"),
    "direnv exec": _shape("", "", 1),
    "distrobox enter": _shape("n", "name", 1),
    "toolbox run": _shape("c", "container"),
    "lxc exec": _LXC,
    "incus exec": _LXC,
    "multipass exec": _shape("d", "working-directory", 1),
    "kubectl exec": _shape("nc", "namespace container context", 1),
    "docker run": _CONTAINER_RUN,
    "podman run": _CONTAINER_RUN,
    "nerdctl run": _CONTAINER_RUN,
    "docker exec": _CONTAINER_EXEC,
    "podman exec": _CONTAINER_EXEC,
    "nerdctl exec": _CONTAINER_EXEC,
    "docker container run": _CONTAINER_RUN,
    "docker container exec": _CONTAINER_EXEC,
    "docker compose run": _COMPOSE_RUN,
    "docker compose exec": _COMPOSE_RUN,
    "podman compose run": _COMPOSE_RUN,
    "podman compose exec": _COMPOSE_RUN,
    "docker-compose run": _COMPOSE_RUN,
    "docker-compose exec": _COMPOSE_RUN,
}

_COMPOSE = _shape("fp", "file project-name profile project-directory env-file")
# Programs some of whose subcommands run things, with their options before the subcommand.
GROUPS: dict[str, Shape] = {
    "docker": _shape("Hcl", "host context config log-level"),
    "podman": _shape("Hc", "host connection root log-level"),
    "docker compose": _COMPOSE,
    "podman compose": _COMPOSE,
    "docker-compose": _COMPOSE,
    "kubectl": _shape("ns", "namespace context kubeconfig cluster"),
    "uv": _shape("", "directory project config-file cache-dir color"),
    "poetry": _shape("CP", "directory project"),
    "pipenv": _shape("", "python"),
    "hatch": _shape("ep", "env project config"),
    "pdm": _shape("c", "config"),
}
GROUPS |= dict.fromkeys(
    (
        *("asdf", "conda", "direnv", "distrobox", "docker container", "incus", "lxc", "mamba", "micromamba", "mise"),
        *("multipass", "nerdctl", "pixi", "pyenv", "rye", "toolbox"),
    ),
    NO_OPTIONS,
)

# Names that mean "run this" in many scripts, in which they are often defined elsewhere.
RUNNERS = frozenset(
    (
        *("as_root", "asroot", "bashio::try", "check_run", "do_cmd", "exec_cmd", "execute", "log_cmd", "maybe_sudo"),
        *("must", "quiet", "retry", "retry_command", "root_do", "run", "run_as_root", "run_cmd", "run_command"),
        *("run_quiet", "run_step", "runcmd", "safe_run", "silent", "step", "sudo_if_needed", "travis_retry"),
        *("travis_wait", "try", "try_run", "with_retry"),
    )
)
