#!/bin/sh
# Runs instructions of a Dockerfile (lines of KEYWORD, NAME, VALUE, separated by \037) on a layer over a root, as docker build
# does: each RUN is a shell of its own, ENV and USER hold for those behind. Only the last RUN's output is shown.
# usage: unshare -m layer.sh ROOT < instructions
set -eu
root=$1
work=$(mktemp -d)
mount -t tmpfs layer "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay layer -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/root"
mount --bind /dev "$work/root/dev"
mount -t proc proc "$work/root/proc"
separator=$(printf '\037')
user=root
set -- PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels \
  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
cat > "$work/steps"
count=$(grep -c '^RUN' "$work/steps")
run=0
while IFS="$separator" read -r keyword name value; do
  case $keyword in
  ENV)
    set -- "$@" "$name=$value" ;;
  USER) user=$value ;;
  RUN)
    run=$((run + 1))
    home=/root
    [ "$user" = root ] || home=/home/$user
    if [ "$run" = "$count" ]; then
      chroot --userspec="$user" "$work/root" env -i "$@" HOME="$home" /bin/sh -c "cd /tmp; $value" </dev/null || true
    elif ! chroot --userspec="$user" "$work/root" env -i "$@" HOME="$home" /bin/sh -c "cd /tmp; $value" </dev/null >"$work/out" 2>&1; then
      echo "FAILED-BEFORE $value: $(tail -n 3 "$work/out" | tr '\n' ' ')" >&2
    fi ;;
  esac
done < "$work/steps"
