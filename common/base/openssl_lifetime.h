#ifndef KECHUANG_COMMON_BASE_OPENSSL_LIFETIME_H_
#define KECHUANG_COMMON_BASE_OPENSSL_LIFETIME_H_

namespace kechuang {

// Keeps OpenSSL until the process is gone. To be called before anything else uses OpenSSL, which otherwise gives its
// memory back while the process exits: that of other threads too, such as gRPC's, and one that ends at that moment
// gives its own back a second time.
void KeepOpensslUp();

}  // namespace kechuang

#endif  // KECHUANG_COMMON_BASE_OPENSSL_LIFETIME_H_
