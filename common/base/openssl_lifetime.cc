#include "common/base/openssl_lifetime.h"

#include <openssl/crypto.h>

namespace kechuang {

void KeepOpensslUp() { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr); }

}  // namespace kechuang
