#ifndef KECHUANG_SERVICES_IDENTITY_SECRET_H_
#define KECHUANG_SERVICES_IDENTITY_SECRET_H_

#include <string>

namespace kechuang::identity {

// A new secret: 256 random bits as base64url, 43 characters.
std::string NewSecret();

}  // namespace kechuang::identity

#endif  // KECHUANG_SERVICES_IDENTITY_SECRET_H_
