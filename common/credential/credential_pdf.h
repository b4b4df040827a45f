// A credential as a page to print and keep.
#pragma once

#include <string>

#include "common/credential/credential.h"

namespace trellis {

// A4, which leaves room on Letter. The code stands on it as text and as QR; without one, a transcript says
// that it is not signed.
std::string CredentialPdf(const Credential& credential, const std::string& code);

}  // namespace trellis
