#include "base/library.h"

namespace nacre {
constinit LibrarySymbol library_symbol = nullptr;
}  // namespace nacre
