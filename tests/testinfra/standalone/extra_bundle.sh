#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes in /root/extra: bundles of two small packages, msys-test-extra, which requires any msys-test-part, as archives
#   unsigned.tar.gz, crlf.tar.gz, comment.tar.gz, unfinished.tar.gz, second.tar.gz (not signed; hostile spellings of momentum.repo)
#   plugins.tar.gz (momentum.repo names a directory of plugins), signed.tar.gz (5.3), newer.tar.gz (5.4, requires test-stranger 2)
# key.asc, the key of the signed ones; the repositories bundle (5.3) and strangers (test-stranger 1 and 2).
set -eu
umask 0022
rm -rf /root/extra
mkdir -p /root/extra/bundle /root/extra/newer /root/extra/strangers
cd /root/extra

package() { # NAME VERSION DIRECTORY [REQUIRES]
  cat > spec <<SPEC
Name: $1
Version: $2
Release: 3
Summary: A package that only the tests know
License: GPL-3.0-or-later
BuildArch: noarch
AutoReqProv: no
${4:+Requires: $4}
%description
A package that only the tests know.
%files
SPEC
  rpmbuild -bb --quiet --define "_topdir /root/extra/build" --define "_rpmdir /root/extra/$3" spec
}
package msys-test-part 5.3 bundle
package msys-test-extra 5.3 bundle msys-test-part
package msys-test-part 5.4 newer
package msys-test-extra 5.4 newer "msys-test-part, test-stranger >= 2"
package test-stranger 1 strangers
package test-stranger 2 strangers
for directory in bundle newer strangers; do createrepo_c --quiet $directory; done

archive() { # NAME DIRECTORY, momentum.repo from standard input
  cat > "$2/momentum.repo"
  printf '%s\n' '#!/bin/sh' "sed -i \"s#file:///nowhere#file://\$PWD#\" momentum.repo" > "$2/setrepodir"
  chmod 0755 "$2/setrepodir"
  tar -czf "$1.tar.gz" "$2"
}
plain='[momentum]\nname=Momentum\nbaseurl=file:///nowhere\nenabled=0\ngpgcheck = 0\n'
# shellcheck disable=SC2059 # the formats are these
{
  printf "$plain" | archive unsigned bundle
  printf "$plain" | sed 's/$/\r/' | archive crlf bundle
  printf "$plain" | sed 's/]/] # ours/' | archive comment bundle
  printf '[momentum]\nname=Momentum\ngpgkey=\n gpgcheck=0\nbaseurl=file:///nowhere' | archive unfinished bundle
  printf "[other]\nbaseurl=file:///nowhere\nenabled=1\ngpgcheck=0\n$plain" | archive second bundle
  printf "[main]\npluginpath=/root/extra/plugins\n$plain" | archive plugins bundle
}
export GNUPGHOME=/root/extra/keys
mkdir -m 0700 keys
gpg --batch --quiet --passphrase '' --quick-gen-key 'Test <test@example.com>' rsa2048 sign never
gpg --batch --quiet --armor --export test@example.com > key.asc
rpmsign --define '_gpg_name test@example.com' --define '__gpg /usr/bin/gpg' --addsign bundle/noarch/*.rpm newer/noarch/*.rpm
createrepo_c --quiet bundle
createrepo_c --quiet newer
# shellcheck disable=SC2059
{
  printf "$plain" | archive signed bundle
  printf "$plain" | archive newer newer
}
