#include "base/library.h"

namespace nacre {
constinit LibrarySymbol library_symbol = nullptr;
constinit LibraryData library_data = nullptr;
constinit MemoryFile memory_file = nullptr;
}  // namespace nacre
