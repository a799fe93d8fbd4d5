/// salvage_database: what can still be read of a store's damaged SQLite file, in a new one.
/// Source: https://www.sqlite.org/recovery.html.
#pragma once
#include <string>

#include "nacre/error.h"

namespace nacre {

struct Salvaged {
  std::string kept;        ///< where the damaged file is now
  uint64_t rows = 0;       ///< in the new one
};

/// Puts the file at `path` aside (`path`.damaged-N) and a new one in its place. On an error the old one is there as it was.
/// No other process may have it open.
Expected<Salvaged> salvage_database(const std::string& path);

/// A copy of a database that is whole, beside it: `path`.before-N. Gives its name.
Expected<std::string> back_up_database(const std::string& path);

bool database_exists(const std::string& path);

/// The lines of SQLite's integrity check; empty: nothing is wrong with the file.
std::string check_database(const std::string& path);

}  // namespace nacre
