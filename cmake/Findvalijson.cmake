# Finds valijson, headers alone: the package that Debian 12 ships names folders that are not there.
# Provides valijson::valijson.
find_path(VALIJSON_INCLUDE_DIR valijson/validator.hpp)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(valijson REQUIRED_VARS VALIJSON_INCLUDE_DIR)
if(valijson_FOUND AND NOT TARGET valijson::valijson)
  add_library(valijson::valijson INTERFACE IMPORTED)
  set_target_properties(valijson::valijson PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${VALIJSON_INCLUDE_DIR}" INTERFACE_COMPILE_DEFINITIONS VALIJSON_USE_EXCEPTIONS=1)
endif()
mark_as_advanced(VALIJSON_INCLUDE_DIR)
