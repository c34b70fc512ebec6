import pytest

from wizard.core.shipped import shipped


def test_templates_and_sample_data_are_found():
    assert (shipped("templates") / "report").is_dir()
    assert (shipped("sample_data") / "digits").is_dir()


def test_a_folder_that_is_not_there_is_said_so():
    with pytest.raises(FileNotFoundError, match="lacks its folder 'nothing'"):
        shipped("nothing")
