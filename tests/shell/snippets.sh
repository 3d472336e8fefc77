#!/bin/bash
# Hand-written: constructs that are easy to read wrongly.
echo "it's" 'a "b"' "c 'd" "e \"f\" `echo "g h"` $(echo "i $(echo 'j)')")"
if true; then pip install a; elif false; then pip3 install b; else python3 -m pip install c; fi
for p in a b "c d"; do pip install "$p" || python -m pip install "$p"; done
while read -r line; do pip install $line; done < requirements.txt
case "$1" in
  -h | --help) echo usage ;;
  (pip) pip install x ;;
  *\ *) pip install "y z" ;;
  [0-9]*) pip install 1 ;&
  a) ;;
esac
f() { pip install in-f; }
function g { pip install in-g; }
function h() ( pip install in-h )
i () { if f; then return 1; fi; }; i
x=$(pip --version 2>/dev/null | awk '{ print $2 }')
y=`pip list | grep six`
arr=(pip install "not a command" $(pip list))
declare -A map=([pip]="install" ["b c"]=d)
[[ $x == pip* || $y =~ ^(pip|uv)[0-9]+$ ]] && pip install j
(( x > 3 && y << 2 )) || pip install k
[ -f requirements.txt ] && pip install -r requirements.txt
cat <<EOT | tee out && pip install l
pip install not-this $(echo)
EOT
cat <<-'A' <<"B"
	pip install not-this
	A
pip install nor-this
B
sudo -H pip install m > log 2>&1 < /dev/null &
{ pip install n; } 2> err | tee x
( cd /tmp && pip install o ) || exit 1
pip install \
  p \
  # no continuation after this
pip install q; pip install r & pip install s
! pip install t
time pip install u
time -p pip install v
until pip install w; do sleep 1; done
echo $((1 + $(pip list | wc -l))) ${x:-$(pip --version)} "${y#*pip}" ${#arr[@]} $'it\'s'
diff <(pip list) <(pip3 list) > >(cat)
pip install 'a;b' "c|d" e\;f g\ h
PATH=/x:$PATH FOO="b c" pip install aa
export PATH="$(python3 -c 'print(1)'):$PATH"
trap 'pip uninstall x' EXIT
eval "pip install bb"
select z in 1 2; do pip install cc; break; done
for ((n = 0; n < 3; n++)); do pip install dd; done
pip install ee#not-a-comment # a comment
echo pip install ff \# pip install gg
test -n "$(
  pip list   # inside
  apt-get install -y python3-pip
)" && apt install x
python3 - <<'PY'
import os; os.system("pip install not-shell")
PY
while :; do case $1 in pip) pip install hh;; esac; shift; done
pip install "six
attrs" && pip list
echo ${x//pip/"}"} ; pip install ii
a=1 b=2
c=3 pip install jj
