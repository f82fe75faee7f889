#!/bin/sh
# Fetch the vendored front-end files from their npm packages, pinned by version and
# checked by digest. Run by hand when a version changes; the files are committed.
#
#   sh static/vendor/fetch.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm pack --silent bootstrap@5.3.8 htmx.org@2.0.8 axe-core@4.14.1 >/dev/null

unpack() { # package archive, path inside it, target
    mkdir -p "$(dirname "$3")"
    tar -xzOf "$1" "package/$2" >"$3"
}

unpack bootstrap-5.3.8.tgz dist/css/bootstrap.min.css "$here/bootstrap/bootstrap.min.css"
unpack bootstrap-5.3.8.tgz LICENSE "$here/bootstrap/LICENSE"
unpack htmx.org-2.0.8.tgz dist/htmx.min.js "$here/htmx/htmx.min.js"
unpack htmx.org-2.0.8.tgz LICENSE "$here/htmx/LICENSE"
unpack axe-core-4.14.1.tgz axe.min.js "$here/../../tests/vendor/axe/axe.min.js"
unpack axe-core-4.14.1.tgz LICENSE "$here/../../tests/vendor/axe/LICENSE"

# The source map is not shipped; a dangling reference would break hashed static files.
sed -i '/^\/\*# sourceMappingURL=.*\*\/$/d' "$here/bootstrap/bootstrap.min.css"

cd "$here/../.."
sha256sum --check --quiet static/vendor/SHA256SUMS
